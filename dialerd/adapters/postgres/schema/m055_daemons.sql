-- Daemons that dial the same campaigns, whose attempt is whose, and the pace that they share.
ALTER TABLE attempt ADD COLUMN owner text COLLATE "C" NOT NULL DEFAULT '';
CREATE TABLE daemon (
  name text COLLATE "C" PRIMARY KEY, session text COLLATE "C" NOT NULL, host text COLLATE "C" NOT NULL,
  leads boolean NOT NULL, began_at text COLLATE "C" NOT NULL, until_at double precision NOT NULL
);
CREATE TABLE shared_pace (name text COLLATE "C" PRIMARY KEY, next_at double precision NOT NULL);
-- One clock for all machines: this server's.
CREATE VIEW wall AS SELECT extract(epoch FROM clock_timestamp())::double precision AS s;
