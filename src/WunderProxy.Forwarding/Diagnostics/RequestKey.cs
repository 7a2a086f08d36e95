namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// What requests have in common that are counted together, as one number from 0: ten bits of status, four of method, one of
/// scheme, two of version, and then the error.
/// </summary>
internal readonly record struct RequestKey(int Value)
{
    /// <summary>Number of different pairs of method and scheme.</summary>
    public const int KindCount = 2 * MethodCount;

    private const int MethodCount = 10;
    private const int StatusBits = 10;
    private const int MethodShift = StatusBits;
    private const int SchemeShift = MethodShift + 4;
    private const int VersionShift = SchemeShift + 1;
    private const int ErrorShift = VersionShift + 2;

    // In the order of Http1.KnownMethod.
    private static readonly string[] Methods =
        ["_OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"];

    private static readonly string[] Versions = [string.Empty, "1.0", "1.1"];

    /// <summary>Creates the key of a request.</summary>
    /// <param name="status">Status of the response, 0 to 999.</param>
    /// <param name="method">Number of the method, 0 for one that is unknown.</param>
    /// <param name="isHttps">Whether the client spoke TLS.</param>
    /// <param name="version">0 if no request was understood, 1 for HTTP/1.0, 2 for HTTP/1.1.</param>
    /// <param name="error">Number of the error, 0 for none.</param>
    public RequestKey(int status, int method, bool isHttps, int version, int error)
        : this(status
            | (method << MethodShift)
            | ((isHttps ? 1 : 0) << SchemeShift)
            | (version << VersionShift)
            | (error << ErrorShift))
    {
    }

    /// <summary>Returns the place of a method and a scheme among all <see cref="KindCount"/> pairs.</summary>
    public static int KindOf(int method, bool isHttps) => method + (isHttps ? MethodCount : 0);

    /// <summary>Returns the requests of a pair of method and scheme.</summary>
    public static ActiveRequests ActiveOf(int kind, int count) =>
        new(Methods[kind % MethodCount], SchemeOf(kind >= MethodCount), count);

    /// <summary>Returns the labels that the key stands for.</summary>
    /// <param name="error">Name of the error; null for none.</param>
    public RequestLabels ToLabels(string? error) => new(
        Methods[(Value >> MethodShift) & 0xF],
        Value & ((1 << StatusBits) - 1),
        SchemeOf(((Value >> SchemeShift) & 1) != 0),
        Versions[(Value >> VersionShift) & 3],
        error);

    private static string SchemeOf(bool isHttps) => isHttps ? "https" : "http";
}
