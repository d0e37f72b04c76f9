// Who may import whom (docs/architecture.md). Biome watches the npm packages, this file the folders.

const tests = ['(^|/)testing/', '\\.test\\.tsx?$'];
const outside = (...folders) => `^(?!${folders.join('|')})(packages|apps)/`;

/** Files of `folder` may import nothing of ours but what `allowed` names. */
const only = (folder, allowed, comment) => ({
  name: `${folder.replace(/^packages\/|^apps\/|src\//g, '')}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: tests },
  to: { path: outside(`${folder}/`, ...allowed) },
});

const core = 'packages/core/src';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('packages/contract', [], 'The contract stands alone: the browser loads it.'),
    only('packages/client', ['packages/contract/'], 'The client knows the contract: the browser loads it.'),
    only('packages/core', ['packages/contract/'], 'Core imports the contract, never an app.'),
    only(
      'apps/api',
      ['packages/contract/', 'packages/core/'],
      'Apps share core and contract, never each other.',
    ),
    only(
      'apps/worker',
      ['packages/contract/', 'packages/core/'],
      'Apps share core and contract, never each other.',
    ),
    only(
      'apps/cli',
      ['packages/contract/', 'packages/client/'],
      'The command line is a caller like any other: it knows the API only.',
    ),
    only(
      'apps/web',
      ['packages/contract/', 'packages/client/'],
      'The browser knows the contract, the client, and nothing behind them.',
    ),

    only('packages/embedded', [], 'The embedded PostgreSQL knows nothing of the service.'),
    {
      name: 'database-stands-below',
      comment: 'The client, the pool and the migrations know no table of ours.',
      severity: 'error',
      from: { path: `^${core}/database/`, pathNot: tests },
      to: { path: `^${core}/[^/]+/`, pathNot: [`^${core}/database/`, `^${core}/progress/snapshot-reader`] },
    },
    {
      name: 'jobs-stand-above',
      comment:
        'What is stored and answered never depends on the queue; deps.ts hands it out. The doctor looks at both.',
      severity: 'error',
      from: { path: `^${core}/[^/]+/`, pathNot: [...tests, `^${core}/(jobs|doctor)/`] },
      to: { path: `^${core}/jobs/` },
    },
    {
      name: 'client-brings-little',
      comment:
        'Of the contract it takes the types and what is plain, or every page that calls us would load the schemas.',
      severity: 'error',
      from: { path: '^packages/client/', pathNot: tests },
      to: { path: '^packages/contract/(?!src/plain\\.ts$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-runs-in-browsers',
      comment: 'No built-in modules of Node.',
      severity: 'error',
      from: { path: '^packages/client/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'packages-by-their-front-door',
      comment: 'Another package is imported by its name, never by a path into its sources.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^(packages|apps)/',
        pathNot: '^$1/$2/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'Test helpers may be careless; production files must not reach them.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-circular',
      comment: 'A cycle means that a module has no place of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'Catches undeclared workspace imports, which would otherwise be skipped in silence.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/'] },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@bulk/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
