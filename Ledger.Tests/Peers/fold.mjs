// Loads a day's activity (tab-separated) into DuckDB in memory and runs the two group-bys that the fold is compared with.
// Prints the median times and writes the rows of both as text: account, kind, units or events; one row a line, in order.
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = process.argv[2];
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
await connection.run(`CREATE TABLE activity AS SELECT * FROM read_csv('${folder}/activity.tsv', delim='\\t', header=false,
    columns={'account': 'INTEGER', 'kind': 'UTINYINT', 'target': 'INTEGER'})`);

async function median(sql) {
    const times = [];
    for (let run = 0; run < 3; run++) {
        const started = performance.now();
        await connection.run(sql);
        times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[1];
}

// Into a table, so that no time goes into handing rows to this script.
const plainMs = await median('CREATE OR REPLACE TABLE plain AS SELECT account, kind, count(*) AS events FROM activity GROUP BY account, kind');
const distinctMs = await median('CREATE OR REPLACE TABLE units AS SELECT account, kind, count(DISTINCT target) AS units FROM activity GROUP BY account, kind');
const version = (await connection.runAndReadAll('SELECT version()')).getRows()[0][0];
for (const [file, sql] of [['duckdb', 'SELECT account, kind, units FROM units'], ['duckdb-plain', 'SELECT account, kind, events FROM plain']]) {
    const rows = (await connection.runAndReadAll(`${sql} ORDER BY account, kind`)).getRows();
    writeFileSync(`${folder}/${file}`, rows.map(row => row.join(' ')).join('\n') + '\n');
}
console.log(JSON.stringify({ version, plainMs, distinctMs }));
