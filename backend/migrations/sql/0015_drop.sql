ALTER TABLE bill_drafts DROP COLUMN kind;
ALTER TABLE accounts DROP COLUMN mailing_address;
DROP TABLE agreement_households, service_changes;
