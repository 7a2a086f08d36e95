namespace WunderProxy.Instance;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCode
{
    /// <summary>The command succeeded, or the service ended in order.</summary>
    public const int Success = 0;

    /// <summary>A deploy, rollback or query failed.</summary>
    public const int Failure = 1;

    /// <summary>
    /// The command line, an address or a file is wrong, an address is in use, or a port is not permitted.
    /// </summary>
    public const int Usage = 2;
}
