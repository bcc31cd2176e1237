-- What is published here, from which weeks, and under which parameters?

-- :answer
select * from bi.release;
