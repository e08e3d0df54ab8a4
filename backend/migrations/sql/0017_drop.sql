ALTER TABLE hand_offs DROP COLUMN asked_for;
