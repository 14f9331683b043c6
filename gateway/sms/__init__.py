"""Text messages through Twilio: received, understood as opt-outs or as talk, sent, and followed until delivered."""
