using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Tests.Diagnostics;

/// <summary>Parameters of URLs in log lines and errors that are kept to ourselves.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class QuerySecretsTests
{
    [TestCase("nothing here", "nothing here")]
    [TestCase("what is this? key=value", "what is this? key=value")]
    [TestCase("GET /a?b=c&token=d HTTP/1.1", "GET /a?b=c&token=*** HTTP/1.1")]
    [TestCase("answered 302 to https://a.test/cb?code=x;state=y#z", "answered 302 to https://a.test/cb?code=***;state=y#z")]
    [TestCase("get \"https://s3.test/b/k?X-Amz-Credential=a/b&X-Amz-Signature=c\": 403", "get \"https://s3.test/b/k?X-Amz-Credential=***&X-Amz-Signature=***\": 403")]
    [TestCase("/a?API_Key=b&%74oken=c&sig=d", "/a?API_Key=***&%74oken=***&sig=***")]
    [TestCase("/a?next=b&password=", "/a?next=b&password=***")]
    [TestCase("/a?x=y?token=z", "/a?x=y?token=***")]
    [TestCase("https://a.test/cb#access_token=b&state=c", "https://a.test/cb#access_token=***&state=c")]
    [TestCase("/a?x=y#id_token=z", "/a?x=y#id_token=***")]
    [TestCase("?=", "?=")]
    public void Values_of_secret_parameters_are_masked(string text, string expected) =>
        Assert.That(SecretMask.Empty.Apply(text), Is.EqualTo(expected));

    [Test]
    public void Long_text_of_separators_stays_cheap()
    {
        var text = string.Concat(Enumerable.Repeat("?a=&", 100_000));

        Assert.That(SecretMask.Empty.Apply(text), Is.EqualTo(text));
    }
}
