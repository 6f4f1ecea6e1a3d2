/** How Fastify checks what comes in: as it is. Nothing is turned into another type, nothing unknown is left out in silence. */
export const validation = { customOptions: { coerceTypes: false, removeAdditional: false } } as const
