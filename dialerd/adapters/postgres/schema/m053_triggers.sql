-- Counters and followers of rows, as SQLite's triggers of the same names (adapters/sqlite/migrations). What hangs on a
-- campaign goes before it: PostgreSQL's own cascade would take it once the names are gone that past calls are kept with.

CREATE FUNCTION target_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE run SET pending = pending + (NEW.state = 'pending')::integer, done = done + (NEW.state = 'done')::integer
  WHERE id = NEW.run_id;
  IF NEW.state = 'done' THEN
    INSERT INTO run_disposition AS d VALUES (NEW.run_id, NEW.disposition, 1)
    ON CONFLICT (run_id, disposition) DO UPDATE SET n = d.n + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER target_added AFTER INSERT ON target FOR EACH ROW EXECUTE FUNCTION target_added();

CREATE FUNCTION disposition_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_disposition AS d VALUES (NEW.run_id, NEW.disposition, 1)
  ON CONFLICT (run_id, disposition) DO UPDATE SET n = d.n + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_closed AFTER UPDATE OF disposition ON attempt FOR EACH ROW WHEN (OLD.disposition IS NULL)
EXECUTE FUNCTION disposition_counted();
CREATE TRIGGER target_done_undialed AFTER UPDATE OF state ON target FOR EACH ROW
WHEN (NEW.state = 'done' AND OLD.state <> 'in_progress' AND NEW.held_by IS DISTINCT FROM 'given')
EXECUTE FUNCTION disposition_counted();

CREATE FUNCTION dnc_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE dnc_list SET entries = entries + 1 WHERE id = NEW.list_id;
  RETURN NULL;
END $$;
CREATE TRIGGER dnc_entry_added AFTER INSERT ON dnc_entry FOR EACH ROW EXECUTE FUNCTION dnc_entry_added();
CREATE FUNCTION dnc_entry_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE dnc_list SET entries = entries - 1 WHERE id = OLD.list_id;
  RETURN NULL;
END $$;
CREATE TRIGGER dnc_entry_removed AFTER DELETE ON dnc_entry FOR EACH ROW EXECUTE FUNCTION dnc_entry_removed();

CREATE FUNCTION attempt_overridden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE run_disposition SET n = n - 1
  WHERE run_id = NEW.run_id AND disposition = coalesce(OLD.final, OLD.disposition);
  DELETE FROM run_disposition WHERE run_id = NEW.run_id AND n = 0;
  INSERT INTO run_disposition AS d VALUES (NEW.run_id, coalesce(NEW.final, NEW.disposition), 1)
  ON CONFLICT (run_id, disposition) DO UPDATE SET n = d.n + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_overridden AFTER UPDATE OF final ON attempt FOR EACH ROW
WHEN (OLD.final IS DISTINCT FROM NEW.final) EXECUTE FUNCTION attempt_overridden();

CREATE FUNCTION callback_target_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE callback SET state = 'cancelled', ended_at = NEW.done_at, reason = 'the number is on a do-not-call list'
  WHERE target_id = NEW.id AND state = 'scheduled' AND NEW.disposition = 'do_not_call';
  UPDATE callback SET run_id = NULL, target_id = NULL, resume_at = NULL
  WHERE target_id = NEW.id AND state = 'scheduled' AND NEW.disposition <> 'do_not_call';
  RETURN NULL;
END $$;
CREATE TRIGGER callback_target_settled AFTER UPDATE OF state ON target FOR EACH ROW
WHEN (NEW.state = 'done' AND NEW.turn <= -2) EXECUTE FUNCTION callback_target_settled();

CREATE FUNCTION attempt_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.spent THEN
    INSERT INTO past_call (number, claimed_at, ended_at, disposition, campaign)
    SELECT OLD.number, OLD.claimed_at, OLD.ended_at, OLD.disposition, campaign.name
    FROM run JOIN campaign ON campaign.id = run.campaign_id WHERE run.id = OLD.run_id;
  END IF;
  DELETE FROM message_id WHERE attempt_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_deleted AFTER DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION attempt_deleted();

CREATE FUNCTION target_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE run SET
    pending = pending + (NEW.state = 'pending')::integer - (OLD.state = 'pending')::integer,
    waiting = waiting + (NEW.state = 'waiting')::integer - (OLD.state = 'waiting')::integer,
    in_progress = in_progress + (NEW.state = 'in_progress')::integer - (OLD.state = 'in_progress')::integer,
    done = done + (NEW.state = 'done')::integer - (OLD.state = 'done')::integer
  WHERE id = NEW.run_id;
  RETURN NULL;
END $$;
CREATE TRIGGER target_moved AFTER UPDATE OF state ON target FOR EACH ROW
WHEN (OLD.state <> NEW.state AND NOT (OLD.state = 'pending' AND NEW.state = 'in_progress'))
EXECUTE FUNCTION target_moved();

CREATE FUNCTION target_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NOT NULL;
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NULL AND beside IS NULL;
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NULL AND beside IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER target_deleted AFTER DELETE ON target FOR EACH ROW EXECUTE FUNCTION target_deleted();

-- An attempt in the books: once it has ended, and anew where an agent has said how.
CREATE FUNCTION tally_added(of attempt, n integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  of_list bigint := coalesce((SELECT contact.list_id FROM target JOIN contact ON contact.id = target.contact_id
                              WHERE target.id = of.target_id), 0);
  of_hour text := substr(of.claimed_at, 1, 13);
  code text := coalesce(of.final, of.disposition);
  answered_n bigint := n * (of.answered_at IS NOT NULL)::integer;
  connected_n bigint := n * (of.connected_at IS NOT NULL)::integer;
  took_ms bigint := n * milliseconds(of.claimed_at, of.ended_at);
  talked_ms bigint := CASE WHEN of.answered_at IS NULL THEN 0
                           ELSE n * milliseconds(coalesce(of.connected_at, of.answered_at), of.ended_at) END;
BEGIN
  IF n < 0 THEN
    UPDATE tally SET attempts = attempts + n, answered = answered + answered_n, connected = connected + connected_n,
      duration_ms = duration_ms + took_ms, talk_ms = talk_ms + talked_ms
    WHERE run_id = of.run_id AND hour = of_hour AND list_id = of_list AND agent = coalesce(of.agent, '')
      AND trunk = of.trunk AND disposition = code;
    RETURN FOUND;
  END IF;
  INSERT INTO tally AS t VALUES (of.run_id, of_hour, of_list, coalesce(of.agent, ''), of.trunk, code, n, answered_n,
    connected_n, took_ms, talked_ms)
  ON CONFLICT (run_id, hour, list_id, agent, trunk, disposition) DO UPDATE SET
    attempts = t.attempts + excluded.attempts, answered = t.answered + excluded.answered,
    connected = t.connected + excluded.connected, duration_ms = t.duration_ms + excluded.duration_ms,
    talk_ms = t.talk_ms + excluded.talk_ms;
  RETURN TRUE;
END $$;

CREATE FUNCTION attempt_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tally_added(NEW, 1);
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_tallied AFTER UPDATE OF disposition ON attempt FOR EACH ROW WHEN (OLD.disposition IS NULL)
EXECUTE FUNCTION attempt_tallied();

CREATE FUNCTION attempt_tallied_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tally_added(OLD, -1) THEN
    PERFORM tally_added(NEW, 1);
    DELETE FROM tally WHERE attempts = 0 AND run_id = OLD.run_id AND hour = substr(OLD.claimed_at, 1, 13)
      AND disposition = coalesce(OLD.final, OLD.disposition);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_tallied_anew AFTER UPDATE OF final ON attempt FOR EACH ROW
WHEN (OLD.final IS DISTINCT FROM NEW.final AND OLD.disposition IS NOT NULL) EXECUTE FUNCTION attempt_tallied_anew();

CREATE FUNCTION attempt_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO live_answer AS a (campaign_id, quarter, answered, abandoned, machines)
  SELECT run.campaign_id,
    substr(NEW.ended_at, 1, 14) || to_char(substr(NEW.ended_at, 15, 2)::integer / 15 * 15, 'FM00'),
    (NEW.disposition NOT IN ('answering_machine', 'voicemail_left'))::integer, (NEW.disposition = 'abandoned')::integer,
    (NEW.disposition IN ('answering_machine', 'voicemail_left'))::integer FROM run WHERE run.id = NEW.run_id
  ON CONFLICT (campaign_id, quarter) DO UPDATE SET answered = a.answered + excluded.answered,
    abandoned = a.abandoned + excluded.abandoned, machines = a.machines + excluded.machines;
  RETURN NULL;
END $$;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt FOR EACH ROW
WHEN (OLD.disposition IS NULL AND NEW.channel = 'voice' AND NEW.disposition IN
  ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup', 'answering_machine', 'voicemail_left'))
EXECUTE FUNCTION attempt_answered();

CREATE FUNCTION campaign_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO past_answer AS p (campaign, quarter, answered, abandoned, machines)
    SELECT OLD.name, quarter, answered, abandoned, machines FROM live_answer
    WHERE campaign_id = OLD.id AND quarter >= (
      SELECT to_char(max(quarter)::timestamp - interval '32 days', 'YYYY-MM-DD"T"HH24:MI') FROM live_answer
      WHERE campaign_id = OLD.id)
  ON CONFLICT (campaign, quarter) DO UPDATE SET answered = p.answered + excluded.answered,
    abandoned = p.abandoned + excluded.abandoned, machines = p.machines + excluded.machines;
  INSERT INTO past_campaign AS c
    SELECT OLD.name, min(created_at) FROM run WHERE campaign_id = OLD.id HAVING count(*) > 0
  ON CONFLICT (name) DO UPDATE SET began_at = least(c.began_at, excluded.began_at);
  DELETE FROM run WHERE campaign_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER campaign_deleted BEFORE DELETE ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_deleted();
CREATE FUNCTION run_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM target WHERE run_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER run_deleted BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION run_deleted();

CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (SELECT is_open FROM audit_door) THEN
    RAISE integrity_constraint_violation USING MESSAGE = 'the audit log can only be added to';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.action <> OLD.action THEN
    RAISE integrity_constraint_violation USING MESSAGE = 'the audit log can only be added to';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();
