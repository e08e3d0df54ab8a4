DROP FUNCTION hear_of_charge(jsonb, uuid, boolean, interval);
DROP FUNCTION place_offer(jsonb);
DROP FUNCTION settle_charge(uuid, text, date, uuid, uuid, uuid, uuid, bigint, text, text, bytea, date, timestamptz, text, date, uuid, uuid, text, text, text, text, uuid, bigint);
DROP FUNCTION begin_charge(jsonb, boolean, bigint, date, interval);
