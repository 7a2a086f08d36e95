using System.Globalization;

namespace WunderProxy.Configuration;

/// <summary>
/// Reads OpenTelemetry's environment variables, by its specification: an empty variable counts as unset, and one of a
/// signal (<c>OTEL_EXPORTER_OTLP_METRICS_…</c>) goes before the common one. A bad value is an error at the start, because
/// a program that silently sends nothing, or not what was asked for, is found out when it is too late.
/// </summary>
/// <param name="read">Returns the value of a variable; null if it is unset.</param>
internal sealed class OpenTelemetryEnvironment(Func<string, string?> read)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <summary>Reads the variables of OpenTelemetry that the program knows.</summary>
    /// <exception cref="UsageException">A variable has a value that is malformed or not supported.</exception>
    public OpenTelemetryOptions Read()
    {
        if (Value("OTEL_SDK_DISABLED")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new OpenTelemetryOptions();
        }

        var metrics = ReadSignal("METRICS", "v1/metrics");
        var traces = ReadSignal("TRACES", "v1/traces");
        if (metrics is null && traces is null)
        {
            return new OpenTelemetryOptions();
        }

        if (metrics is not null)
        {
            RequireWord($"{Prefix}METRICS_TEMPORALITY_PREFERENCE", "cumulative");
        }

        var (followsParent, share) = ReadSampler();
        return new OpenTelemetryOptions
        {
            Metrics = metrics,
            Traces = traces,
            MetricInterval = Milliseconds("OTEL_METRIC_EXPORT_INTERVAL") ?? new OpenTelemetryOptions().MetricInterval,
            FollowsParent = followsParent,
            SampledShare = share,
            ResourceAttributes = ReadResource(),
        };
    }

    private OtlpOptions? ReadSignal(string signal, string path)
    {
        RequireWord($"OTEL_{signal}_EXPORTER", "otlp", "none");
        if (Value($"OTEL_{signal}_EXPORTER") == "none" || EndpointOf(signal, path) is not { } endpoint)
        {
            return null;
        }

        RequireWord(Name(signal, "PROTOCOL"), "http/protobuf");
        RequireWord(Name(signal, "COMPRESSION"), "gzip", "none");
        var options = new OtlpOptions(endpoint)
        {
            Headers = Pairs(Name(signal, "HEADERS")),
            UsesGzip = Value(Name(signal, "COMPRESSION")) == "gzip",
            AuthorityFile = File(Name(signal, "CERTIFICATE")),
            CertificateFile = File(Name(signal, "CLIENT_CERTIFICATE")),
            KeyFile = File(Name(signal, "CLIENT_KEY")),
        };
        return options with { Timeout = Milliseconds(Name(signal, "TIMEOUT")) ?? options.Timeout };
    }

    private Uri? EndpointOf(string signal, string path)
    {
        var own = $"{Prefix}{signal}_ENDPOINT";
        if (Value(own) is { } whole)
        {
            return Address(own, whole, whole);
        }

        // The common address is a folder, below which each signal has its path.
        const string Common = Prefix + "ENDPOINT";
        return Value(Common) is { } folder ? Address(Common, folder, folder.TrimEnd('/') + "/" + path) : null;
    }

    private (bool FollowsParent, double Share) ReadSampler()
    {
        const string Variable = "OTEL_TRACES_SAMPLER";
        return Value(Variable) switch
        {
            null or "parentbased_always_on" => (true, 1),
            "parentbased_always_off" => (true, 0),
            "parentbased_traceidratio" => (true, Share()),
            "always_on" => (false, 1),
            "always_off" => (false, 0),
            "traceidratio" => (false, Share()),
            var other => throw new UsageException(
                $"{Variable}: '{other}' is not always_on, always_off, traceidratio, or one of these after parentbased_"),
        };
    }

    private double Share()
    {
        const string Variable = "OTEL_TRACES_SAMPLER_ARG";
        if (Value(Variable) is not { } text)
        {
            return 1;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share <= 1
            ? share
            : throw new UsageException($"{Variable}: '{text}' is not a share from 0 to 1, such as 0.01");
    }

    private List<KeyValuePair<string, string>> ReadResource()
    {
        var attributes = Pairs("OTEL_RESOURCE_ATTRIBUTES");
        if (Value("OTEL_SERVICE_NAME") is { } service)
        {
            attributes.RemoveAll(pair => pair.Key == "service.name");
            attributes.Insert(0, new("service.name", service));
        }

        return attributes;
    }

    /// <summary>Returns the variable of the signal if it is set, else the common one.</summary>
    private string Name(string signal, string what) =>
        Value($"{Prefix}{signal}_{what}") is null ? Prefix + what : $"{Prefix}{signal}_{what}";

    private string? Value(string variable) => read(variable)?.Trim() is { Length: > 0 } value ? value : null;

    private void RequireWord(string variable, params string[] words)
    {
        if (Value(variable) is { } value && !words.Contains(value, StringComparer.Ordinal))
        {
            throw new UsageException($"{variable}: '{value}' is not supported: give {string.Join(" or ", words)}, or leave it unset");
        }
    }

    private TimeSpan? Milliseconds(string variable)
    {
        if (Value(variable) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new UsageException($"{variable}: '{text}' is not a number of milliseconds above 0");
    }

    private string? File(string variable) => Value(variable) switch
    {
        null => null,
        var path when System.IO.File.Exists(path) => path,
        var path => throw new UsageException($"{variable}: there is no file {path}"),
    };

    private static Uri Address(string variable, string given, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? address
            : throw new UsageException($"{variable}: '{given}' is not an address such as http://collector:4318");

    // "key=value,key=value", percent-encoded as in W3C Baggage. A value may be a secret, so it is not quoted.
    private List<KeyValuePair<string, string>> Pairs(string variable)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var item in (Value(variable) ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = item.IndexOf('=', StringComparison.Ordinal);
            var key = equals > 0 ? Uri.UnescapeDataString(item[..equals].TrimEnd()) : string.Empty;
            var value = Uri.UnescapeDataString(item[(equals + 1)..].TrimStart());
            if (key.Length == 0 || key.Concat(value).Any(char.IsControl))
            {
                throw new UsageException($"{variable}: item {pairs.Count + 1} is not KEY=VALUE");
            }

            pairs.Add(new(key, value));
        }

        return pairs;
    }
}
