"""Athena in the embedded AWS: who may query what, and what a SELECT answers.

Queries run in DuckDB on the objects that their callers may read. What is not
rehearsed fails and says so:

- statements other than SELECT, execution parameters, other catalogs, client-side
  encryption of results;
- tables other than JSON lines by the OpenX SerDe and CSV by the OpenCSV SerDe,
  compressed objects, partitions that are not projected, projections other than days
  and injected values, types that `hive_types` does not name;
- functions that were not compared with Athena's (`dialect.KNOWN`), UNNEST of rows and
  of maps, subscripts and intervals of what has no type in the statement, division,
  rounding and averages of decimals, text of doubles and timestamps;
- an injected column whose equality stands in ON, not in WHERE;
- views whose columns are not exactly of the types that they say.

What is different, and does not fail:

- a query that is wrong says so in DuckDB's words, after Athena's code;
- a cast of a double that ends in a half to an integer rounds to the even one, where
  Trino rounds away from zero;
- a number passes for a boolean, and values of different types meet in a UNION;
- what WITH defines in one part of a statement, every part sees;
- objects are listed by what all partitions of a table have in common, where Athena
  lists each partition; a scan counts every byte of the partitions that an injected
  column leaves, whatever the dates, columns and limits of the statement;
- of results, a bucket's location, its writing and reading are asked for, and no right
  on uploads in parts; of data, no right on the bucket's location; and not the right to
  `glue:GetDatabase` on the database `default`;
- there is no queue, no query is throttled or tried again, a request that is repeated
  with its token is a new query, and results are never reused.
"""
