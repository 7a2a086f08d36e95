namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Names for files that a test makes.</summary>
internal static class TemporaryPaths
{
    /// <summary>Short, because a unix-socket path may have 107 bytes only.</summary>
    public static string NewSocketPath() => Path.Combine(Path.GetTempPath(), $"wp-{Guid.NewGuid():N}.sock");
}
