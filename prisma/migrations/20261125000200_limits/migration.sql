-- What each caller has used of its limits in the current window. Unlogged: after a crash the counts begin anew.
create unlogged table used_limits (
  name text not null,
  caller text not null,
  window_start timestamptz(0) not null,
  used bigint not null,

  primary key (name, caller)
);
