namespace WunderProxy.Instance;

/// <summary>What the process tells its caller at the end.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A deploy, rollback or query failed.</summary>
    public const int Failure = 1;

    /// <summary>Bad syntax, address or file; an address in use; no permission for a port.</summary>
    public const int Usage = 2;
}
