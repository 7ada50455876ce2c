/**
 * Who may import whom (docs/architecture.md, "Layers"), for dependency-cruiser. Data flows one way:
 * commands → cli → task → {storage, convert, callback} → leaves, and cli → collection → convert;
 * batch puts collection and storage together, and reconcile task, storage and callback. What task,
 * batch and collection share is in outputs.
 */
const leaf = '^src/lib/[^/]+\\.ts$';
const stages = ['storage', 'convert', 'callback'];

/** What is for browsers, and the data that it shares with whoever serves it. */
const pages = [
  { page: 'lib/browser', data: [] },
  { page: 'lib/report/page', data: ['^src/lib/report/page-data\\.ts$'] },
  {
    page: 'dev/page',
    data: ['^src/dev/(api|faults)\\.ts$', '^src/lib/((plan|tiff)-words|curl-line)\\.ts$'],
  },
];

const owner = (name, module, owners, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(src|bin)/', pathNot: owners },
  to: { path: module },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Code with a cycle has no layers.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'lib-knows-no-command-line',
      severity: 'error',
      comment: 'The library is also used without oclif.',
      from: { path: '^src/lib/' },
      to: { path: ['^src/(cli|commands)/', 'node_modules/@oclif/'] },
    },
    {
      name: 'commands-are-used-by-nobody',
      severity: 'error',
      comment: 'Commands only take flags, call the library and show its result.',
      from: { path: '^src/', pathNot: '^src/commands/index\\.ts$' },
      to: { path: '^src/commands/' },
    },
    {
      name: 'leaves-know-only-leaves',
      severity: 'error',
      comment: 'A leaf that imports a layer makes a cycle.',
      from: { path: leaf, pathNot: '^src/lib/index\\.ts$' },
      to: { path: '^src/lib/[^/]+/' },
    },
    {
      name: 'index-is-for-users-of-the-package',
      severity: 'error',
      comment: 'Inside, each file imports what it needs from where it is.',
      from: { path: '^src/' },
      to: { path: '^src/lib/index\\.ts$' },
    },
    {
      name: 'api-is-for-index',
      severity: 'error',
      comment: 'The API has defaults and checks options; inside, all options are given.',
      from: { path: '^src/', pathNot: '^src/lib/(index\\.ts$|api/)' },
      to: { path: '^src/lib/api/' },
    },
    ...stages.map((stage) => ({
      name: `${stage}-knows-no-other-stage`,
      severity: 'error',
      comment: 'Only task and the commands compose the stages.',
      from: { path: `^src/lib/${stage}/` },
      to: { path: '^src/lib/[^/]+/', pathNot: `^src/lib/${stage}/` },
    })),
    {
      name: 'collections-know-only-conversion',
      severity: 'error',
      comment: 'A run over many TIFFs works on files: no task, storage or callback.',
      from: { path: '^src/lib/collection/' },
      to: { path: '^src/lib/[^/]+/', pathNot: '^src/lib/(collection/|convert/|outputs/[^/]+$)' },
    },
    {
      name: 'outputs-serve-those-who-run',
      severity: 'error',
      comment: 'Making and storing pages is the same for all callers, so it knows none of them.',
      from: { path: '^src/lib/outputs/' },
      to: { path: '^src/lib/[^/]+/', pathNot: '^src/lib/(outputs|convert|storage)/' },
    },
    {
      name: 'pages-are-made-without-storage',
      severity: 'error',
      comment: 'Pages of local files are made and stored without loading the SDK.',
      from: { path: '^src/lib/outputs/[^/]+$' },
      to: { path: '^src/lib/(storage|outputs/bucket)/' },
    },
    {
      name: 'batches-are-no-tasks',
      severity: 'error',
      comment: 'A run over a bucket is a collection whose files come from storage.',
      from: { path: '^src/lib/batch/' },
      to: {
        path: '^src/lib/[^/]+/',
        pathNot: '^src/lib/(batch|collection|convert|outputs|storage)/',
      },
    },
    {
      name: 'batches-are-used-by-commands',
      severity: 'error',
      comment: 'Nothing else in the library needs a run over a bucket.',
      from: { path: '^src/lib/', pathNot: '^src/lib/batch/' },
      to: { path: '^src/lib/batch/' },
    },
    {
      name: 'reconciling-is-used-by-commands',
      comment:
        'It compares what tasks, their outbox and their callbacks have left; only commands ask for that.',
      severity: 'error',
      from: { path: '^src/lib/', pathNot: '^src/lib/reconcile/' },
      to: { path: '^src/lib/reconcile/' },
    },
    {
      name: 'reconciling-converts-nothing',
      comment: 'The command combines it with conversions.',
      severity: 'error',
      from: { path: '^src/lib/reconcile/' },
      to: {
        path: '^src/lib/[^/]+/',
        pathNot: '^src/lib/(reconcile|task|storage|callback|outputs/bucket)/',
      },
    },
    {
      name: 'rendering-is-for-the-child',
      severity: 'error',
      comment:
        'The parent stays small and survives: only the conversion process loads the decoder.',
      from: {
        path: '^src/',
        pathNot: ['^src/lib/convert/render/', '^src/lib/convert/process/child\\.ts$'],
      },
      to: { path: '^src/lib/convert/render/' },
    },
    {
      name: 'decoders-are-for-rendering',
      severity: 'error',
      comment:
        'Decoders beside sharp are loaded by a thread of the conversion process, when needed.',
      from: {
        path: '^src/',
        pathNot: ['^src/lib/convert/fallback/', '^src/lib/convert/render/sharp-tiff\\.ts$'],
      },
      // It writes plain TIFFs, and decodes nothing.
      to: { path: '^src/lib/convert/fallback/', pathNot: '/plain-tiff\\.ts$' },
    },
    {
      name: 'decoders-know-no-sharp',
      severity: 'error',
      comment: 'They write a file, and do not know who reads it.',
      from: { path: '^src/lib/convert/fallback/' },
      to: { path: ['^src/lib/convert/(process|render)/', 'node_modules/(@img/)?sharp'] },
    },
    {
      name: 'plans-know-no-process',
      severity: 'error',
      comment: 'A plan is made from a header and limits alone.',
      from: { path: '^src/lib/convert/(plan|header)/' },
      to: { path: '^src/lib/convert/(process|render|fallback)/' },
    },
    {
      name: 'reports-know-records-only',
      severity: 'error',
      comment: 'A report is made from the events of a run, whatever ran it.',
      from: { path: '^src/lib/report/' },
      to: {
        path: ['^src/lib/(task|storage|callback|collection|outputs)/'],
        pathNot: '^src/lib/collection/(events|warning-count)\\.ts$',
      },
    },
    ...pages.map(({ page, data }) => ({
      name: 'pages-are-for-browsers',
      severity: 'error',
      comment:
        'A browser has no Node.js: a page imports itself, what pages share, and the types of its data.',
      from: { path: `^src/${page}/` },
      to: { pathNot: [`^src/${page}/`, '^src/lib/browser/', '^src/lib/size-words\\.ts$', ...data] },
    })),
    {
      name: 'pages-are-used-by-nobody',
      severity: 'error',
      comment: 'Only pages have a document.',
      from: { path: '^src/', pathNot: '^src/(lib/browser|lib/report/page|dev/page)/' },
      to: { path: '^src/(lib/browser|lib/report/page|dev/page)/' },
    },
    {
      name: 'sandbox-stands-apart',
      severity: 'error',
      comment: 'The stand-in for R2 and the orchestrator is for dev, demo and tests.',
      from: { path: '^(src|bin)/', pathNot: '^src/dev/' },
      to: { path: '^src/dev/sandbox/' },
    },
    {
      name: 'sandbox-knows-only-leaves',
      severity: 'error',
      comment: 'It stands in for other systems, and must not share the code that it tests.',
      from: { path: '^src/dev/sandbox/' },
      to: { path: ['^src/lib/[^/]+/', '^src/dev/'], pathNot: '^src/dev/sandbox/' },
    },
    {
      name: 'dev-is-known-by-its-command',
      severity: 'error',
      comment: 'What only engineers use is loaded only by its command.',
      from: { path: '^(src|bin)/', pathNot: '^src/(dev/|cli/load-dev\\.ts$)' },
      to: { path: '^src/dev/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'dev-runs-tasks-as-programs',
      severity: 'error',
      comment: 'It runs tasks as machines do: the program, in a separate process.',
      from: { path: '^src/dev/' },
      // The table of variables says which are secret, and which may be chosen for a task.
      to: {
        path: '^src/lib/(task|collection|outputs|report)/',
        pathNot: '^src/lib/task/environment(-text)?\\.ts$',
      },
    },
    owner(
      'sharp-has-one-owner',
      'node_modules/(@img/)?sharp',
      ['^src/lib/convert/render/', '^src/dev/sandbox/sample-tiff'],
      'Decoding and encoding are in convert/render.',
    ),
    owner(
      'magick-has-one-owner',
      'node_modules/@imagemagick/',
      ['^src/lib/convert/fallback/magick/'],
      'ImageMagick is loaded by the thread that needs it.',
    ),
    owner(
      'sdk-has-one-owner',
      'node_modules/@(aws-sdk|smithy)/',
      ['^src/lib/storage/'],
      'R2 is spoken to in storage.',
    ),
    owner(
      'colours-have-one-owner',
      'node_modules/(chalk|ora)/',
      ['^src/cli/tty-reporter\\.ts$'],
      'Only the reporter for terminals shows colours and spinners.',
    ),
    owner(
      'patterns-have-one-owner',
      'node_modules/(picomatch|fill-range)/',
      ['^src/lib/collection/inputs/'],
      'One place decides what a pattern matches.',
    ),
    owner(
      'widths-have-one-owner',
      'node_modules/string-width/',
      ['^src/cli/collection/'],
      'Only progress blocks need the width of text.',
    ),
    owner(
      'miniflare-has-one-owner',
      'node_modules/(miniflare|workerd)/',
      ['^src/dev/sandbox/'],
      'The stand-in is in sandbox.',
    ),
    owner(
      'webhooks-have-one-owner',
      'node_modules/standardwebhooks/',
      ['^src/lib/callback/'],
      'Callbacks are signed in callback.',
    ),
    {
      name: 'tools-are-used-by-nobody',
      severity: 'error',
      comment: 'What builds, measures and documents the program is not part of it.',
      from: { path: '^(src|bin)/' },
      to: { path: '^(bench|build|docs|test)/' },
    },
    {
      name: 'nothing-missing',
      severity: 'error',
      comment: 'Every import is there, and is a dependency of the package.',
      from: { path: '^(src|bin)/', pathNot: '^src/dev/sandbox/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      comment: 'The image holds production dependencies only.',
      from: { path: '^(src|bin)/', pathNot: '^src/dev/sandbox/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
