namespace WunderProxy.Configuration;

/// <summary>Where one signal of OpenTelemetry is sent by OTLP/HTTP, and how.</summary>
/// <param name="Endpoint">The whole address, with the path of the signal.</param>
internal sealed record OtlpOptions(Uri Endpoint)
{
    /// <summary>Header fields that each request gets, such as a key of the receiver.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Longest time for one request. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether bodies are compressed by gzip.</summary>
    public bool UsesGzip { get; init; }

    /// <summary>PEM file with the authorities that the receiver's certificate is checked by; null for those of the machine.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>PEM file with our own certificate for the receiver; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of our own certificate; null for none.</summary>
    public string? KeyFile { get; init; }
}
