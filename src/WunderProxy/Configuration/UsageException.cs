namespace WunderProxy.Configuration;

/// <summary>The command can not be carried out as given: a bad value, address or file. Exit code 2.</summary>
internal sealed class UsageException : Exception
{
    /// <summary>An error told in one line.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>An error told in one line, with what led to it.</summary>
    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
