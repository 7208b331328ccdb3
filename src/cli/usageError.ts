// A command line that makes no sense: a person can mend it by typing something else.
import { UserError } from '../findings/userError.ts';

export class UsageError extends UserError {}
