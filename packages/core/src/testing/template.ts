/** The migrated database that all others are copies of. */
export const TEMPLATE_DATABASE = 'bulk_template';
