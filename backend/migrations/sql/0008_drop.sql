DROP TABLE emergencies;
DROP TABLE text_consents;
DROP FUNCTION refuse_consent_change();
DROP TABLE text_numbers;
DROP TABLE sender_pace;
DROP TABLE campaign_recipients;
DELETE FROM outbound_messages WHERE status IN ('held', 'canceled');
DROP INDEX ix_outbound_messages_campaign_id;
DROP INDEX ix_outbound_messages_unconfirmed;
DROP INDEX ix_outbound_messages_due;
ALTER TABLE outbound_messages
    DROP CONSTRAINT ck_outbound_messages_kind,
    DROP CONSTRAINT ck_outbound_messages_status,
    DROP COLUMN campaign_id,
    DROP COLUMN account_id,
    DROP COLUMN waits_for,
    DROP COLUMN attempts,
    DROP COLUMN look_at,
    DROP COLUMN segments,
    DROP COLUMN urgency,
    DROP COLUMN kind,
    ADD CONSTRAINT ck_outbound_messages_status CHECK (status IN ('pending', 'sent', 'delivered', 'failed'));
CREATE INDEX ix_outbound_messages_pending ON outbound_messages (created_at) WHERE status = 'pending';
DROP TABLE campaigns;
