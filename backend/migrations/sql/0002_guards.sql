-- A number on file is a first factor when somebody calls or texts from it.
CREATE FUNCTION calling_number_is_on_file(p_phone text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM customer_phones WHERE customer_phones.phone = p_phone);

-- What has happened stays as it was written, whatever the code does.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER account_access_append_only BEFORE UPDATE OR DELETE ON account_access
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hand_off_events_append_only BEFORE UPDATE OR DELETE ON hand_off_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
