/** What is used here of the package: another build of libopus that offers as much could take its place. */
declare module 'libopus-wasm' {
  export const Application: { readonly Voip: 2048 }
  export const Signal: { readonly Voice: 3001 }
  export type OpusEncoderHandle = {
    /** One raw Opus packet of `frameSize` samples a channel. */
    encode(pcm: Int16Array): Uint8Array
    /** In samples of the encoder's rate. */
    getLookahead(): number
    free(): void
  }
  export function createEncoder(options: {
    sampleRate: number
    channels: 1 | 2
    application: number
    signal: number
    frameSize: number
    bitrate: number
    complexity: number
  }): Promise<OpusEncoderHandle>
}
