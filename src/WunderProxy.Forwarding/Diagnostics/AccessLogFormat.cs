namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The form of an access-log line.</summary>
public enum AccessLogFormat
{
    /// <summary><c>key=value</c> pairs separated by blanks.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
