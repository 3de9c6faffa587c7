"""Work done after the request: mails that wait in the outbox, and the queue."""
