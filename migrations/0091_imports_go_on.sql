-- Who started an import last, and in whose name it goes on when the process went. What ran before this version has nobody here, and waits for a person.
ALTER TABLE file_imports ADD COLUMN started_by text;
