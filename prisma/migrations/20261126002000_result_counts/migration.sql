-- How many results the workers wrote, for the operations page. A worker adds what it has counted every few seconds, so
-- what it counted last is missing if it is killed. Rows are kept for a day.
create table result_counts (
  minute timestamptz(0) not null,
  -- Empty: a success.
  error_code text not null,
  mentors bigint not null,

  primary key (minute, error_code)
);
