-- What the statements of adapters/sql take from SQLite, and what its connections are taught for filters
-- (adapters/sqlite/functions.py), as functions of PostgreSQL: so the statements need not be said twice. They are made
-- before the tables, whose indexes ask some of them.

-- Of ASCII alone, as SQLite's: an address is looked up by it, so it must not depend on the server's locale.
CREATE FUNCTION lower(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(given, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');

CREATE FUNCTION iif(whether boolean, yes text, no text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN whether THEN yes ELSE no END;
CREATE FUNCTION iif(whether boolean, yes bigint, no bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN whether THEN yes ELSE no END;
CREATE FUNCTION iif(whether boolean, yes boolean, no boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN whether THEN yes ELSE no END;

CREATE FUNCTION max(one text, other text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN greatest(one, other);
CREATE FUNCTION max(one bigint, other bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN greatest(one, other);
CREATE FUNCTION max(one boolean, other boolean) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN one OR other;

CREATE FUNCTION substr(given text, first bigint, size bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substr(given, first::integer, size::integer);
CREATE FUNCTION instr(given text, part text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN strpos(given, part);

-- A document's own member: `$.name` or `$."name"`.
CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN document::json ->> CASE WHEN starts_with(path, '$."') THEN substr(path, 4, length(path) - 4) ELSE substr(path, 3) END;

-- The members of a list, or of an object with their names.
CREATE FUNCTION json_each(document text) RETURNS TABLE (key text, value text) LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
ROWS 20 AS $$
  SELECT NULL::text, each
  FROM json_array_elements_text(CASE WHEN json_typeof(document::json) = 'array' THEN document::json END) AS each
  UNION ALL
  SELECT each.key, each.value
  FROM json_each_text(CASE WHEN json_typeof(document::json) = 'object' THEN document::json END) AS each
$$;
CREATE FUNCTION json_each(document text, path text) RETURNS TABLE (key text, value text) LANGUAGE sql IMMUTABLE STRICT
ROWS 20 AS $$
  SELECT NULL::text, each FROM json_array_elements_text(document::json -> substr(path, 3)) AS each
$$;

-- One object over another, names in the order in which they came.
CREATE FUNCTION json_patch(document text, patch text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(json_object_agg(key, coalesce(p.value, each.value) ORDER BY each.n), '{}')::text
  FROM (
    SELECT key, value, n FROM json_each(document::json) WITH ORDINALITY AS d(key, value, n)
    UNION ALL
    SELECT key, value, 1000000 + n FROM json_each(patch::json) WITH ORDINALITY AS d(key, value, n)
    WHERE document::json -> key IS NULL
  ) AS each LEFT JOIN json_each(patch::json) AS p USING (key)
$$;

CREATE FUNCTION julianday(moment text) RETURNS double precision LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN extract(epoch FROM moment::timestamptz)::double precision / 86400 + 2440587.5;

CREATE FUNCTION milliseconds(since text, until text) RETURNS bigint LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN round(extract(epoch FROM until::timestamptz - since::timestamptz) * 1000)::bigint;

-- Filters (domain/filters/values.py says what these mean, and a test that they say the same).

-- What Python's str.casefold makes of letters: filled as the schema is made.
CREATE TABLE casefolding (letter text COLLATE "C" PRIMARY KEY, folded text COLLATE "C" NOT NULL);

CREATE FUNCTION casefolded(given text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  IF octet_length(given) = length(given) THEN
    RETURN lower(given);
  END IF;
  RETURN (SELECT coalesce(string_agg(coalesce(casefolding.folded, each.letter), '' ORDER BY each.n), '')
          FROM regexp_split_to_table(given, '') WITH ORDINALITY AS each(letter, n)
          LEFT JOIN casefolding ON casefolding.letter = each.letter);
END $$;

-- Without what Python's str.strip takes from both ends.
CREATE FUNCTION stripped(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(given, E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000');

CREATE FUNCTION fold(given text) RETURNS text LANGUAGE sql STABLE STRICT
RETURN casefolded(stripped(given));

CREATE FUNCTION is_blank(given text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(stripped(given), '') = '';

CREATE FUNCTION is_like(given text, pattern text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce((casefolded(given) COLLATE "C") LIKE (casefolded(pattern) COLLATE "C") ESCAPE '', FALSE);

CREATE FUNCTION number_of(given text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN stripped(given) ~ '^[+-]?([0-9]{1,18}(\.[0-9]{1,18})?|\.[0-9]{1,18})$'
            THEN stripped(given)::double precision END;

CREATE FUNCTION date_of(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  day text := stripped(given);
BEGIN
  IF day !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$' THEN
    RETURN NULL;
  END IF;
  day := substr(day, 1, 10);
  PERFORM make_date(substr(day, 1, 4)::integer, substr(day, 6, 2)::integer, substr(day, 9, 2)::integer);
  RETURN day;
EXCEPTION WHEN datetime_field_overflow THEN  -- the 30th of February
  RETURN NULL;
END $$;

CREATE FUNCTION age_days(given text, today text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT
RETURN (today::date - date_of(given)::date)::double precision;
