-- By itself: a transaction can't use a value that it has added.
alter type registration_status add value 'undone';
