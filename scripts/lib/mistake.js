/** Something that whoever runs a script can mend; the message says how. */
export class Mistake extends Error {}
