namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>What a client is told about an error.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ProxyStatus">The error type of RFC 9209 section 2.3.</param>
/// <param name="RetryAfterSeconds">Value of <c>Retry-After</c> in seconds; 0 for no such header.</param>
internal readonly record struct ErrorAnswer(int Status, string ProxyStatus, int RetryAfterSeconds = 0);
