ALTER TABLE campaigns DROP COLUMN spoken_en, DROP COLUMN spoken_es;
ALTER TABLE text_consents DISABLE TRIGGER text_consents_append_only;
DELETE FROM text_consents WHERE about = 'calls';
ALTER TABLE text_consents ENABLE TRIGGER text_consents_append_only;
ALTER TABLE text_consents
    DROP COLUMN about,
    DROP CONSTRAINT ck_text_consents_source,
    ADD CONSTRAINT ck_text_consents_source CHECK (source IN ('keyword', 'carrier', 'words', 'staff'));
ALTER TABLE text_numbers DROP COLUMN calls_stopped_by, DROP COLUMN calls_stopped_at;
DELETE FROM sender_pace WHERE id = 2;
ALTER TABLE sender_pace DROP CONSTRAINT ck_sender_pace_two_rows;
ALTER TABLE sender_pace ADD CONSTRAINT ck_sender_pace_one_row CHECK (id = 1);
DROP INDEX ix_outbound_messages_due_calls;
DROP INDEX ix_outbound_messages_due;
CREATE INDEX ix_outbound_messages_due ON outbound_messages (urgency, look_at, created_at) WHERE status = 'pending';
DROP INDEX ix_outbound_messages_unconfirmed;
CREATE INDEX ix_outbound_messages_unconfirmed ON outbound_messages (look_at)
    WHERE status = 'sent' AND channel = 'sms' AND provider_message_id IS NOT NULL;
DELETE FROM campaign_recipients r USING outbound_messages m WHERE m.id = r.message_id AND m.channel = 'call';
DELETE FROM outbound_messages WHERE channel = 'call';
ALTER TABLE outbound_messages
    DROP COLUMN calls_missed,
    DROP COLUMN missed_sid,
    DROP CONSTRAINT ck_outbound_messages_channel,
    ADD CONSTRAINT ck_outbound_messages_channel CHECK (channel IN ('sms', 'chat'));
