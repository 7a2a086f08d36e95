namespace WunderProxy.Configuration;

/// <summary>
/// Thrown when a command cannot be carried out as given, because of a bad value, address or file. Exit code 2.
/// </summary>
internal sealed class UsageException : Exception
{
    /// <summary>Creates an exception whose message has one line.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception whose message has one line, with its cause.</summary>
    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
