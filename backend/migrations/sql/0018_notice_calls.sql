-- A call that nobody answered is made once more: `missed_sid` is the carrier's id of the try that nobody answered.
ALTER TABLE outbound_messages
    ADD COLUMN calls_missed smallint DEFAULT 0 NOT NULL,
    ADD COLUMN missed_sid text,
    DROP CONSTRAINT ck_outbound_messages_channel,
    ADD CONSTRAINT ck_outbound_messages_channel CHECK (channel IN ('sms', 'call', 'chat'));
DROP INDEX ix_outbound_messages_unconfirmed;
CREATE INDEX ix_outbound_messages_unconfirmed ON outbound_messages (look_at)
    WHERE status = 'sent' AND channel IN ('sms', 'call') AND provider_message_id IS NOT NULL;

-- Texts and calls are looked for apart, each in an index of its own: ten thousand of one must not hide the other.
DROP INDEX ix_outbound_messages_due;
CREATE INDEX ix_outbound_messages_due ON outbound_messages (urgency, look_at, created_at)
    WHERE status = 'pending' AND channel <> 'call';
CREATE INDEX ix_outbound_messages_due_calls ON outbound_messages (urgency, look_at, created_at)
    WHERE status = 'pending' AND channel = 'call';

-- Texts and calls each have a pace of their own.
ALTER TABLE sender_pace DROP CONSTRAINT ck_sender_pace_one_row;
ALTER TABLE sender_pace ADD CONSTRAINT ck_sender_pace_two_rows CHECK (id IN (1, 2));
INSERT INTO sender_pace VALUES (2, now());

ALTER TABLE text_numbers
    ADD COLUMN calls_stopped_by text,
    ADD COLUMN calls_stopped_at timestamptz,
    ADD CONSTRAINT ck_text_numbers_calls_stopped_by CHECK (calls_stopped_by IN ('keys', 'words', 'staff')),
    ADD CONSTRAINT ck_text_numbers_calls_stopped_at CHECK ((calls_stopped_by IS NULL) = (calls_stopped_at IS NULL));
ALTER TABLE text_consents
    ADD COLUMN about text DEFAULT 'texts' NOT NULL,
    DROP CONSTRAINT ck_text_consents_source,
    ADD CONSTRAINT ck_text_consents_about CHECK (about IN ('texts', 'calls')),
    ADD CONSTRAINT ck_text_consents_source CHECK (source IN ('keyword', 'carrier', 'keys', 'words', 'staff'));

-- What is said to those who can be called and not texted; none: they are left out.
ALTER TABLE campaigns
    ADD COLUMN spoken_en text,
    ADD COLUMN spoken_es text,
    ADD CONSTRAINT ck_campaigns_spoken CHECK ((spoken_en IS NULL) = (spoken_es IS NULL));
