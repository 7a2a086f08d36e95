namespace WunderProxy.Forwarding.Options;

/// <summary>Whether the proxy compresses responses that an application did not compress, and how hard it tries.</summary>
public enum ResponseCompression
{
    /// <summary>Responses pass as they are.</summary>
    Off,

    /// <summary>The least processor time: Brotli 2 or gzip 2.</summary>
    Fast,

    /// <summary>About the size of nginx's gzip 5 for less than half of its processor time: Brotli 3 or gzip 4.</summary>
    Normal,

    /// <summary>The smallest size that is worth its time while a client waits: Brotli 5 or gzip 6.</summary>
    Small,
}
