-- Whom a customer asked for by name, so that their phone is rung first.
ALTER TABLE hand_offs ADD COLUMN asked_for text CHECK (asked_for <> '');
