/** The user's names for the settings in remedies: variables, flags or options. */
export interface SettingNames {
  /** How to raise the memory for a conversion, as a sentence. */
  readonly moreMemory: string;
  /** The setting that limits memory, if one is set. */
  readonly memoryLimit: string;
  readonly autoEffort: string;
  readonly allPages: string;
  readonly allMetadata: string;
  readonly keepProfile: string;
  readonly failOn: string;
}

/** A task's names: variables. It has no setting that turns losses or warnings into errors. */
export const taskNames: SettingNames = {
  moreMemory:
    "Raise memory_mb in the orchestrator's machine configuration, or MEMORY_LIMIT_MB where it is set.",
  memoryLimit: 'MEMORY_LIMIT_MB',
  autoEffort: 'JPEG_EFFORT=auto',
  allPages: 'TIFF_PAGES=all',
  allMetadata: 'JPEG_METADATA=all',
  keepProfile: 'JPEG_PROFILE=keep',
  failOn: '--fail-on',
};

/** The names for commands: flags, except for the memory. */
export const commandNames: SettingNames = {
  moreMemory: 'Raise MEMORY_LIMIT_MB where it is set, or use a machine with more memory.',
  memoryLimit: 'MEMORY_LIMIT_MB',
  autoEffort: '--effort auto',
  allPages: '--page all',
  allMetadata: '--metadata all',
  keepProfile: '--profile keep',
  failOn: '--fail-on',
};

/** The names for users of the library: options. */
export const optionNames: SettingNames = {
  moreMemory: 'Raise memoryBytes where it is set, or use a machine with more memory.',
  memoryLimit: 'memoryBytes',
  autoEffort: "effort: 'auto'",
  allPages: "pages: 'all'",
  allMetadata: "metadata: 'all'",
  keepProfile: "profile: 'keep'",
  failOn: 'failOn',
};
