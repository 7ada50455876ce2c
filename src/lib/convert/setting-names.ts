/** What the user calls the settings that remedies speak of: variables, flags or options. */
export interface SettingNames {
  /** What raises the memory that a conversion may use, as a sentence. */
  readonly moreMemory: string;
  /** The setting that limits memory, where one is set. */
  readonly memoryLimit: string;
  readonly autoEffort: string;
  readonly allPages: string;
  readonly allMetadata: string;
  readonly keepProfile: string;
  readonly failOnLoss: string;
  readonly warningsAsErrors: string;
}

/** What a task calls them: variables. It has no setting that makes losses or warnings errors. */
export const taskNames: SettingNames = {
  moreMemory:
    "Raise memory_mb in the orchestrator's machine configuration, or MEMORY_LIMIT_MB where it is set.",
  memoryLimit: 'MEMORY_LIMIT_MB',
  autoEffort: 'JPEG_EFFORT=auto',
  allPages: 'TIFF_PAGES=all',
  allMetadata: 'JPEG_METADATA=all',
  keepProfile: 'JPEG_PROFILE=keep',
  failOnLoss: '--fail-on-loss',
  warningsAsErrors: '--warnings-as-errors',
};

/** What commands call them: flags, but for the memory. */
export const commandNames: SettingNames = {
  moreMemory: 'Raise MEMORY_LIMIT_MB where it is set, or use a machine with more memory.',
  memoryLimit: 'MEMORY_LIMIT_MB',
  autoEffort: '--effort auto',
  allPages: '--page all',
  allMetadata: '--metadata all',
  keepProfile: '--profile keep',
  failOnLoss: '--fail-on-loss',
  warningsAsErrors: '--warnings-as-errors',
};

/** What users of the library call them: options. */
export const optionNames: SettingNames = {
  moreMemory: 'Raise memoryBytes where it is set, or use a machine with more memory.',
  memoryLimit: 'memoryBytes',
  autoEffort: "effort: 'auto'",
  allPages: "pages: 'all'",
  allMetadata: "metadata: 'all'",
  keepProfile: "profile: 'keep'",
  failOnLoss: 'failOnLoss',
  warningsAsErrors: 'warningsAsErrors',
};
