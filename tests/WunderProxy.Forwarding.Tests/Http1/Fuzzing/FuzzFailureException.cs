namespace WunderProxy.Forwarding.Tests.Http1.Fuzzing;

/// <summary>An input that broke an invariant; the message has all that is needed to run it again.</summary>
internal sealed class FuzzFailureException(string invariant, int seed, long round, byte[] input, Exception? cause = null)
    : Exception($"{invariant}; seed {seed}, input {round}, base64 {Convert.ToBase64String(input)}: {Latin1.Escape(Latin1.Text(input))}", cause);
