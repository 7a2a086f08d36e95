using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class KnownMethodsTests
{
    [TestCase("GET", KnownMethod.Get, true)]
    [TestCase("HEAD", KnownMethod.Head, true)]
    [TestCase("POST", KnownMethod.Post, false)]
    [TestCase("PUT", KnownMethod.Put, true)]
    [TestCase("DELETE", KnownMethod.Delete, true)]
    [TestCase("OPTIONS", KnownMethod.Options, true)]
    [TestCase("TRACE", KnownMethod.Trace, true)]
    [TestCase("CONNECT", KnownMethod.Connect, false)]
    [TestCase("PATCH", KnownMethod.Patch, false)]
    [TestCase("get", KnownMethod.Other, false)]
    [TestCase("GOT", KnownMethod.Other, false)]
    [TestCase("PUSH", KnownMethod.Other, false)]
    [TestCase("MERGE", KnownMethod.Other, false)]
    [TestCase("SEARCH", KnownMethod.Other, false)]
    [TestCase("PROPPAT", KnownMethod.Other, false)]
    [TestCase("PROPFIND", KnownMethod.Other, false)]
    [TestCase("", KnownMethod.Other, false)]
    public void Method_is_recognised_by_its_exact_bytes(string name, KnownMethod expected, bool isIdempotent)
    {
        var method = KnownMethods.Find(Latin1.Bytes(name));

        Assert.That((method, method.IsIdempotent()), Is.EqualTo((expected, isIdempotent)));
    }
}
