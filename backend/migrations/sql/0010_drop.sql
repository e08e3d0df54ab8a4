ALTER TABLE voicemails DROP COLUMN call_sid;
DROP TABLE voicemail_pieces, call_recordings;
