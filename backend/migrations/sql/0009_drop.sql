DROP TABLE voicemails, call_orders, call_legs, queued_calls, queue_offers, staff_presence;
ALTER TABLE hand_offs DROP COLUMN shut_off_on;
