"""What runs inside the Rasa server: understanding, the private channel, the wording of replies, the tracker store, start-up."""
