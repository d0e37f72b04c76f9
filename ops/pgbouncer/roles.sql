-- What the service asks of its sessions, as settings of its roles: PgBouncer does not pass it on.
-- Run it as a superuser. The API and the workers log in as these two; bulk_owner ran the migrations.

alter role bulk_api set statement_timeout = '8s';
alter role bulk_api set lock_timeout = '5s';
alter role bulk_api set idle_in_transaction_session_timeout = '8s';

alter role bulk_worker set statement_timeout = '8s';
alter role bulk_worker set lock_timeout = '5s';
alter role bulk_worker set idle_in_transaction_session_timeout = '8s';
-- Every statement of a worker has an index. A plan that was made while a table was almost empty would read all of it.
alter role bulk_worker set enable_seqscan = off;
alter role bulk_worker set jit = off;
