// Names of operations, as in app/trace/ids.py: a try after the first is called "phone-1~1", and what
// the background workload asks for begins with "load:".

export const operationOf = (name) => name.split("~")[0];

export const isBackground = (op) => Boolean(op?.startsWith("load:"));

// As ranks.py has it: what serves the workload is no story, and its messages are noise.
const DETAIL = 1;
export const rankOf = (ranks, row) => (isBackground(row.op) ? Math.min(DETAIL, ranks[row.type]) : ranks[row.type]);
export const isBackgroundMessage = (row) => row.type.startsWith("message_") && isBackground(row.op);

// Does anybody work in the background, or has somebody by this moment?
export const worksInBackground = (picture) => picture.workload || [...picture.ops.keys()].some(isBackground);
