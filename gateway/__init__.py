"""The public front door: web chat API and pages, SMS webhooks, inbox, outbox, staff alerts."""
