create type api_role as enum ('viewer', 'coordinator', 'admin');

-- Who may call the API. Of a key only its hash is kept; the prefix finds the row.
create table api_keys (
  prefix text primary key,
  -- What the history and the log call its owner.
  name text not null,
  role api_role not null,
  -- null: all coordinators.
  coordinator_ids text[],
  -- scrypt with N 16384, r 8, p 1 (RFC 7914); 32 bytes.
  hash bytea not null,
  salt bytea not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);

create unique index api_keys_name_of_one on api_keys (name) where revoked_at is null;
