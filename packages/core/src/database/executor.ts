import type { Prisma } from './generated/client.ts';

/** What a statement runs on: the client itself, or an open transaction. */
export type Executor = Prisma.TransactionClient;
