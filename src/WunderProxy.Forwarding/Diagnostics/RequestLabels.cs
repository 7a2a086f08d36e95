namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What requests have in common that are counted together; the names are those of OpenTelemetry.</summary>
/// <param name="Method">A method of RFC 9110 or PATCH; <c>_OTHER</c> for every other one, and if none was understood.</param>
/// <param name="Status">Status of the response; 499 if the client left before it got one.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the client spoke.</param>
/// <param name="ProtocolVersion"><c>1.0</c> or <c>1.1</c>; empty if no request was understood.</param>
/// <param name="ErrorType">Why the exchange did not complete, as the access log names it; null if it did.</param>
public readonly record struct RequestLabels(
    string Method, int Status, string Scheme, string ProtocolVersion, string? ErrorType)
{
    /// <summary>Stands for all requests beyond the bounded number of sets of labels; its status is 0.</summary>
    public static RequestLabels Overflow { get; } = new("_OTHER", 0, "http", string.Empty, null);
}
