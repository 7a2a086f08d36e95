namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>
/// The memory that the program may have at any time of an attack, all of the process, in MiB (see docs/http1.md).
/// </summary>
internal static class Bounds
{
    /// <summary>8,500 connections that send a byte a second.</summary>
    public const int SlowConnections = 224;

    /// <summary>The same over TLS of OpenSSL.</summary>
    public const int SlowOpenSslConnections = 352;

    /// <summary>The same over TLS of the runtime.</summary>
    public const int SlowRuntimeConnections = 640;

    /// <summary>
    /// 1,000 clients that stop reading a response of 200 MiB, or writing a request; 32 MiB of it may hold responses.
    /// </summary>
    public const int StalledReaders = 320;

    /// <summary>
    /// The same readers over TLS of the runtime, where for each of them a block of 64 KiB and what is encrypted of it wait.
    /// </summary>
    public const int StalledRuntimeReaders = 480;

    /// <summary>10,000 connections, 50 at a time, each with a request that is refused.</summary>
    public const int ShortConnections = 128;

    /// <summary>Bodies of 100,000 tiny chunks.</summary>
    public const int TinyChunks = 128;

    /// <summary>A hundred and more heads of a mebibyte, or without end.</summary>
    public const int Heads = 192;

    /// <summary>Handshakes without end, a few at a time, most of which succeed.</summary>
    public const int Handshakes = 160;
}
